# What was cut off in the middle is finished, else apt refuses to begin.
export DEBIAN_FRONTEND=noninteractive
dpkg --configure --pending
echo "apt is free"
