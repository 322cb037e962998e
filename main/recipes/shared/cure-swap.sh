# Adds a swap file of its own beside the one that the machine was made with.

file=/var/lib/stackbox-swap
if grep -q "^$file " /proc/swaps; then
  echo "The machine has this swap already: it needs more memory, or fewer services" >&2
  exit 1
fi
free_mib=$(df --output=avail -BM / | tail -n 1 | tr -dc 0-9)
if [ "$free_mib" -lt 6144 ]; then
  echo "Only $free_mib MiB are free on /, and 4096 MiB of swap have to leave 2048" >&2
  exit 1
fi
rm -f "$file"
(umask 077 && fallocate --length 4GiB "$file")
mkswap "$file"
swapon "$file"
grep -q "^$file " /etc/fstab || echo "$file none swap sw 0 0" >>/etc/fstab
echo "Added 4 GiB of swap"
