// What a kernel of the family is made of: its main file says what it asks of the loader, and runs groups of promises.
// Invariant: the groups run in an order in which judging comes before changing: the comments below mark the border.
#pragma once

#include <cstdint>

#include "tests/conformance/report.hpp"

namespace lintel::conformance {

/// The base revision that this kernel asks for. The kernel's main file defines it.
extern const std::uint64_t asked_revision;

/// What a kernel asked for that shows in the machine's state.
struct Wanted {
    bool entry_point;          // by request
    std::uint64_t stack_size;  // bytes; what the specification guarantees where nothing was asked for
};

// "Base Revisions".
void judge_base_revision(Report& report);

// "Machine State at Entry" and "Caching": the processor as it was entered.
void judge_processor(Report& report, const Wanted& wanted);

// "Memory Layout at Entry": the page tables. Nothing may have been mapped yet but by the loader.
void judge_page_tables(Report& report);
void judge_image_mapping(Report& report);
void judge_movement(Report& report);  // another one for kernels that can be moved

// "Memory Map Feature".
void judge_memory_map(Report& report);
void judge_efi_memory_map(Report& report);

// "Features": the requests that stand in the image, answered or not.
void judge_requests(Report& report);
void judge_responses(Report& report);
void judge_framebuffers(Report& report);
void judge_files(Report& report);
void judge_measurements(Report& report);

// From here on the kernel maps pages of its own, to reach what base revisions below 4 do not map, and devices.
void judge_firmware_tables(Report& report);
void judge_interrupt_controllers(Report& report);
void judge_iommus(Report& report);  // for kernels that do not ask to keep them

}  // namespace lintel::conformance
