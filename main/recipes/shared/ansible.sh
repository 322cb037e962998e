# Runs a command of Ansible's and holds it to its own account: an exit code alone has been wrong before.
# $1 a line that has to come besides a PLAY RECAP without failures, or nothing; then the command.
run_ansible() {
  local wanted=$1 status=0 said
  shift
  said=$(mktemp)
  # Unbuffered, so that progress comes when it happens; without colours, which are not for files.
  ANSIBLE_NOCOLOR=1 ANSIBLE_FORCE_COLOR=0 PYTHONUNBUFFERED=1 "$@" </dev/null 2>&1 | tee "$said" || status=$?
  if [ "$status" -ne 0 ]; then
    echo "Ansible ended with exit code $status" >&2
  elif ! grep -q '^PLAY RECAP ' "$said" || grep -qE ' : ok=.* (unreachable|failed)=[1-9]' "$said"; then
    echo "Ansible did not account for a good end" >&2
    status=1
  elif [ -n "$wanted" ] && ! grep -qF "$wanted" "$said"; then
    echo "Ansible did not say \"$wanted\"" >&2
    status=1
  fi
  rm -f "$said"
  return "$status"
}

