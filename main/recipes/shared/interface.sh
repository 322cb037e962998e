# Finds `interface`, which has the address that everything is configured to. From the environment: ADDRESS of this machine.
interface=$(ip -o -4 address show | awk -v address="$ADDRESS" '{ split($4, part, "/") } part[1] == address { print $2; exit }')
if [ -z "$interface" ]; then
  echo "The machine does not have its address $ADDRESS any more" >&2
  exit 1
fi

