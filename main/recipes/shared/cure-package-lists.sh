apt-get -o Acquire::Retries=3 -o APT::Update::Error-Mode=any update
echo "The package lists are those of the server"
