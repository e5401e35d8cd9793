// What libc++'s headers name of <wchar.h>.
#pragma once
#include <stddef.h>
#include <bits/alltypes.h>
typedef unsigned wint_t;
#define WEOF 0xffffffffU
