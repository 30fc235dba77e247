"""Code hosts: the comment on a pull request, and the plan that was approved there."""
