#!/bin/bash -eu
exec "$SRC/mcp-gauntlet/.clusterfuzzlite/build.sh"
