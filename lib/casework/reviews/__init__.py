"""Look-backs on closed penalty cases: what is drawn, who reviews it, what each finds, what is settled."""
