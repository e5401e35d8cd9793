// TPM event logs.
// The input: where the last event is, in 16 bits, the log's format in 8 more, and the log.
#include "loader/core/tpm_log.hpp"

#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {

using namespace lintel::loader;

void try_input(Bytes input) {
    Input rest(input);
    auto last = rest.number<std::uint16_t>();
    auto format =
        rest.number<std::uint8_t>() % 2 == 0 ? limine::TpmEventLogFormat::tcg_2 : limine::TpmEventLogFormat::tcg_1_2;
    auto content = copy_of(rest.rest());
    constexpr PhysAddr begin(page_size);
    // Safety: the map is used within the bounds that the memory is given.
    DirectMap map(reinterpret_cast<std::uint64_t>(content.data()) - begin.value());
    PhysicalMemory memory(map, begin + content.size(), begin);
    auto events = find_events(memory, {.format = format, .start = begin, .last_event = begin + last});
    ensure(!events || (events->size() > last && events->size() <= content.size()),
           "the log goes beyond the start of its last event, and not beyond memory");
}

}  // namespace lintel::fuzz
