// Shares a text with the frames of this browser that have the same topic. A change counts one more than the highest count
// seen, so that all frames agree which of two changes is the last, whichever way the messages went.
export function render({ model }) {
  const channel = new BroadcastChannel(`energyvis ${window.location.pathname} ${model.topic}`);
  const self = `${Date.now()}-${Math.random()}`;
  let last = { count: 0, by: self, text: model.text };
  const isLater = (one, other) => one.count > other.count || (one.count === other.count && one.by > other.by);
  const say = () => channel.postMessage({ kind: "text", ...last });

  channel.onmessage = ({ data }) => {
    if (data?.kind === "hello" && (last.count || last.text)) {
      last = { ...last, count: Math.max(last.count, 1) };
      say();
    }
    if (data?.kind !== "text" || typeof data.text !== "string" || !Number.isSafeInteger(data.count)) return;
    if (!isLater(data, last)) return;
    last = { count: data.count, by: String(data.by), text: data.text };
    if (data.text !== model.text) model.send_msg({ text: data.text, serial: model.serial });
  };
  model.on("serial", () => {
    last = { count: last.count + 1, by: self, text: model.text };
    say();
  });
  channel.postMessage({ kind: "hello" });
  model.on("remove", () => channel.close());
}
