"""Questions and answers in Slack. Nothing of Slack's library is loaded before a request that needs it."""
