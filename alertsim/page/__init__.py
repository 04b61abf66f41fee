"""What pages of ours share: plots, tables, the two languages, and one style sheet; no script, no request, pure."""
