# From the environment: FREE_MIB that the install needs on /.
free_mib=$(df --output=avail -BM / | tail -n 1 | tr -dc 0-9)
if [ "$free_mib" -lt "$FREE_MIB" ]; then
  echo "Only $free_mib MiB are free on / and $FREE_MIB MiB are needed. No space left on device" >&2
  exit 1
fi

