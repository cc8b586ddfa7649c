// The one main() of all Catch2 programs: compiled once, as Catch2's own documentation advises.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
