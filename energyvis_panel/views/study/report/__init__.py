"""How to cite it: paragraph, model card, report."""
