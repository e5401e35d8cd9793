// What libc++'s headers name of <time.h>.
#pragma once
#include <stddef.h>
typedef long time_t;
typedef long clock_t;
struct tm;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
