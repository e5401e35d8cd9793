// What the machine and the boot medium of this family hold: limine.conf, the modules and the clock, in words that the
// kernels compare with. The family's CMakeLists.txt says the same to the runner.
#pragma once

#include <cstdint>
#include <string_view>

namespace lintel::conformance {

inline constexpr std::string_view command_line = "conformance one=1 two=\"2 3\"";
inline constexpr std::string_view kernel_path = "/boot/kernel.elf";

inline constexpr std::string_view first_module_path = "/boot/modules/first.txt";
inline constexpr std::string_view first_module_string = "the first module's string";
inline constexpr std::string_view second_module_path = "/boot/modules/second.txt";
inline constexpr std::string_view internal_module_path = "/boot/internal.txt";
inline constexpr std::string_view internal_module_string = "the internal module's string";
inline constexpr std::string_view second_internal_path = "/boot/modules/second.txt";

/// first.txt and internal.txt hold a line of text, second.txt the alphabet, over and over; compressed.txt.gz is a gzip
/// file.
inline constexpr std::string_view first_module_text = "The first module.\n";
inline constexpr std::string_view internal_module_text = "The internal module.\n";
inline constexpr std::string_view compressed_module_text =
    "The compressed module.\nThe compressed module.\nThe compressed module.\n";
inline constexpr std::uint64_t second_module_size = 5200;  // bytes

/// 2026-03-04 05:06:07 UTC: what the real-time clock shows when the machine starts.
inline constexpr std::int64_t start_time = 1772600767;

}  // namespace lintel::conformance
