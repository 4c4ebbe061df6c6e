// In place of a view that a page embeds by script: a sentence, since nobody has signed in.
{
  const place = document.getElementById({{ place }});
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.href = {{ address }};
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Sign in";
  line.append("This view needs a sign-in. ", link, " in a tab of its own, then load this page again.");
  place?.after(line);
}
