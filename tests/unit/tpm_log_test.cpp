// TPM event logs, sound and damaged.
#include "loader/core/tpm_log.hpp"

#include <gtest/gtest.h>

#include <string>

#include "boot_fixture.hpp"

namespace lintel::loader {
namespace {

constexpr std::uint64_t log_address = FakeFirmware::base + 0x1000;
constexpr std::uint16_t sha1 = 4, sha256 = 11;

std::string number(std::uint64_t value, unsigned bytes) {
    std::string text;
    for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value & 255);
    return text;
}

/// An event of the older form.
std::string old_event(const std::string& data) {
    return number(0, 4) + number(3, 4) + std::string(20, 'd') + number(data.size(), 4) + data;
}

/// The first event of a log of the newer form: which algorithms there are.
std::string specification() {
    return old_event(std::string("Spec ID Event03\0", 16) + number(0, 4) + std::string("\0\2\0\2", 4) + number(2, 4) +
                     number(sha1, 2) + number(20, 2) + number(sha256, 2) + number(32, 2) + std::string(1, '\0'));
}

std::string new_event(const std::string& data) {
    return number(7, 4) + number(8, 4) + number(2, 4) + number(sha1, 2) + std::string(20, 'd') + number(sha256, 2) +
           std::string(32, 'd') + number(data.size(), 4) + data;
}

std::int64_t size_of(const std::string& log) { return static_cast<std::int64_t>(log.size()); }

class EventLog : public testing::Test {
protected:
    /// The log's size as it is found, where its last event is at `last`; -1 where there is no log.
    std::int64_t size(const std::string& log, std::uint64_t last,
                      limine::TpmEventLogFormat format = limine::TpmEventLogFormat::tcg_2) {
        machine.write(log_address, as_bytes(log));
        // What lies behind the log is zeroes that can be read, up to the end of the page.
        PhysicalMemory memory(machine.memory(), PhysAddr(log_address + 0x1000), PhysAddr(FakeFirmware::base));
        auto events = find_events(
            memory, {.format = format, .start = PhysAddr(log_address), .last_event = PhysAddr(log_address + last)});
        return events ? static_cast<std::int64_t>(events->size()) : -1;
    }

    FakeFirmware machine;
};

TEST_F(EventLog, ends_behind_its_last_event) {
    const std::string first = specification(), second = new_event("the second"), third = new_event("");
    const std::string log = first + second + third;
    EXPECT_EQ(size(log, first.size() + second.size()), size_of(log));
    EXPECT_EQ(size(log, first.size()), size_of(first + second));
    EXPECT_EQ(size(log, 0), size_of(first));
}

TEST_F(EventLog, of_the_older_form_has_one_digest_for_each_event) {
    const std::string first = old_event("one"), second = old_event("number two");
    EXPECT_EQ(size(first + second, first.size(), limine::TpmEventLogFormat::tcg_1_2), size_of(first + second));
}

TEST_F(EventLog, without_events_is_empty) {
    PhysicalMemory memory(machine.memory(), PhysAddr(log_address + 0x1000), PhysAddr(FakeFirmware::base));
    auto events = find_events(memory, {.start = PhysAddr(log_address)});
    ASSERT_TRUE(events);
    EXPECT_TRUE(events->empty());
}

TEST_F(EventLog, that_makes_no_sense_is_none) {
    const std::string first = specification(), event = new_event("x");
    std::string unknown = event;
    unknown[12] = 99;  // the algorithm of its first digest
    EXPECT_EQ(size(first + unknown, first.size()), -1);
    std::string many = event;
    many.replace(8, 4, "\xff\xff\xff\xff");
    EXPECT_EQ(size(first + many, first.size()), -1);
    std::string huge = event;
    huge.replace(event.size() - 5, 4, "\xff\xff\xff\xff");
    EXPECT_EQ(size(first + huge, first.size()), -1);
    std::string unsigned_first = first;
    unsigned_first[40] = '?';
    EXPECT_EQ(size(unsigned_first + event, first.size()), -1);
    EXPECT_EQ(size(first, std::uint64_t{1} << 40), -1) << "the last event lies elsewhere";
    EXPECT_EQ(size(first, ~std::uint64_t{0} - 10), -1) << "the last event lies before the first";
}

class TpmEventLogFeature : public Boot {
protected:
    /// Boots a kernel that asks, on a machine whose log holds this.
    limine::TpmEventLogResponse* answer(const std::string& log, std::optional<std::uint64_t> last_event) {
        PhysAddr place = *firmware.allocate(page_size);
        firmware.write(place.value(), as_bytes(log));
        firmware.system_tables.tpm_log = {.start = place,
                                          .last_event = last_event ? std::optional(place + *last_event) : std::nullopt};
        ask(limine::TpmEventLog::id);
        ask(limine::MemoryMap::id);
        boot_or_fail();
        return response<limine::TpmEventLogResponse>(limine::TpmEventLog::id);
    }
};

TEST_F(TpmEventLogFeature, gives_a_copy_of_the_log) {
    const std::string log = specification() + new_event("x");
    auto* response = answer(log + "what is no event", specification().size());
    ASSERT_NE(response, nullptr);
    EXPECT_EQ(response->format, limine::TpmEventLogFormat::tcg_2);
    ASSERT_EQ(response->size, log.size());
    EXPECT_EQ(std::string(static_cast<const char*>(&object(static_cast<const char*>(response->address))), log.size()),
              log);
    EXPECT_EQ(type_at(reinterpret_cast<std::uint64_t>(response->address) - hhdm_offset),
              limine::MemoryType::bootloader_reclaimable);
}

TEST_F(TpmEventLogFeature, gives_no_address_where_there_is_no_event) {
    auto* response = answer("", std::nullopt);
    ASSERT_NE(response, nullptr);
    EXPECT_EQ(response->size, 0U);
    EXPECT_EQ(response->address, nullptr);
}

TEST_F(TpmEventLogFeature, is_not_answered_where_the_log_makes_no_sense) {
    std::string event = new_event("x");
    event[12] = 99;  // the algorithm of its first digest
    EXPECT_EQ(answer(specification() + event, specification().size()), nullptr);
}

TEST_F(TpmEventLogFeature, is_not_answered_where_there_is_no_tpm) {
    ask(limine::TpmEventLog::id);
    boot_or_fail();
    EXPECT_EQ(response<limine::TpmEventLogResponse>(limine::TpmEventLog::id), nullptr);
}

}  // namespace
}  // namespace lintel::loader
