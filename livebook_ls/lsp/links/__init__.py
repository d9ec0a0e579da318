"""Links across the notebooks of the workspace: followed, shown, and watched for dead ends."""
