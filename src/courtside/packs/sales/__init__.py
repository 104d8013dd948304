"""The pack for firms that sell: inside, inbound and complex sales."""
