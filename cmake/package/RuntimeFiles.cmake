# What of base/ and arch/ a kernel outside of this tree gets: the sources that it compiles for itself, and the headers.
set(LINTEL_RUNTIME_SOURCES
  base/text.cpp base/freestanding/no_heap.cpp base/freestanding/runtime.cpp base/freestanding/string.cpp
  arch/x86_64/c_memory.cpp arch/x86_64/memory.cpp arch/x86_64/page_tables.cpp arch/x86_64/processor.cpp
  arch/x86_64/random.cpp arch/x86_64/serial.cpp arch/x86_64/timestamp.cpp)
set(LINTEL_RUNTIME_HEADERS
  base/address.hpp base/bytes.hpp base/checked.hpp base/elf.hpp base/error_text.hpp base/list.hpp base/result.hpp
  base/text.hpp base/utf8.hpp
  arch/arch.hpp arch/page_tables.hpp arch/serial.hpp arch/x86_64/cpuid.hpp arch/x86_64/memory.hpp
  arch/x86_64/ports.hpp arch/x86_64/registers.hpp)
