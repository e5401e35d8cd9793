// The kernel's pointer to what belongs to this processor, in the base address of GS (Intel SDM vol. 3A, 3.4.4.1).
// Invariant: GS's base is written nowhere else; loading the segment register would clear it.
#include "arch/arch.hpp"
#include "arch/x86_64/registers.hpp"

namespace lintel::arch {

void set_processor_local(void* local) { write_msr(msr_gs_base, reinterpret_cast<std::uint64_t>(local)); }

void* processor_local() {
    void* local = nullptr;
    // Safety: the object behind GS starts with a pointer to itself. Volatile: a thread may go on elsewhere.
    asm volatile("movq %%gs:0, %0" : "=r"(local));
    return local;
}

}  // namespace lintel::arch
