// The one type that libc++ asks of this musl header.
#pragma once
typedef struct { unsigned state; } mbstate_t;
