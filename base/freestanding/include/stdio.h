// What libc++'s headers name of <stdio.h>.
#pragma once
#include <stddef.h>
#define EOF (-1)
#ifdef __cplusplus
extern "C" {
#endif
int remove(const char*);
int rename(const char*, const char*);
#ifdef __cplusplus
}
#endif
