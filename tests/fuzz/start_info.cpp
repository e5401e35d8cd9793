// What a PVH start tells.
// The input: where the structure lies, 64 bits; then a physical memory from address 0 on.
#include "loader/direct/start_info.hpp"

#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {

void try_input(Bytes input) {
    Input rest(input);
    auto address = rest.number<std::uint64_t>();
    auto memory = copy_of(rest.rest());
    // Safety: parse() is told how much can be reached through the map.
    DirectMap map(reinterpret_cast<std::uint64_t>(memory.data()));
    auto info = loader::direct::StartInfo::parse(PhysAddr(address), map, memory.size());
    if (!info) return check_error(info.error());
    ensure(!info->map.empty(), "there is a memory map");
    std::uint64_t sum = 0;
    for (const auto& entry : info->map) sum += entry.base + entry.length + entry.type;
    static_cast<void>(sum);
    const auto* begin = reinterpret_cast<const std::byte*>(info->map.data());
    ensure(begin >= memory.data() && begin + info->map.size_bytes() <= memory.data() + memory.size(),
           "the map lies in memory");
}

}  // namespace lintel::fuzz
