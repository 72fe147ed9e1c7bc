"""What the notifier does: take events and providers, render mails, send them."""
