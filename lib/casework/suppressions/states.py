"""The words for where a suppression stands."""

ACTIVE, LIFTED, OVER = "抑制中", "已解除", "已到期"
