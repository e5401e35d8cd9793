// What libc++'s headers name of <wctype.h>.
#pragma once
#include <wchar.h>
typedef unsigned long wctype_t;
typedef const int* wctrans_t;
