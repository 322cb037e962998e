# Says how the cluster is: Sunbeam's own table first, then the pods.

runuser -l "$user" -c 'sunbeam cluster list' </dev/null || { echo "sunbeam ended with exit code $?" >&2; exit 1; }

