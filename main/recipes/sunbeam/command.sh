# Another command of Sunbeam's. From the environment: COMMAND, and WANTED, what it says when it is done.

run_sunbeam "$WANTED" "$COMMAND"
