// What the runner makes of conformance kernels' reports, of the list that names them, and of machines to try.
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "runner/conformance/family.hpp"
#include "runner/conformance/matrix.hpp"

namespace lintel::runner {
namespace {

TEST(ConformanceReport, is_read_among_what_others_write) {
    auto report = parse_report(
        "BdsDxe: loading\npromise: pass Caching | PAT0 is WB\nnoise\npromise: fail Request | a | it is 7\n"
        "promise: skip Framebuffer Feature | b | there is none\ndone 3\n");
    ASSERT_TRUE(report.has_value());
    const auto& findings = report->findings;
    ASSERT_EQ(findings.size(), 3U);
    EXPECT_EQ(findings[0].promise, (Promise{"Caching", "PAT0 is WB"}));
    EXPECT_EQ(findings[0].kept, Kept::pass);
    EXPECT_EQ(findings[1].kept, Kept::fail);
    EXPECT_EQ(findings[1].detail, "it is 7");
    EXPECT_EQ(findings[2].kept, Kept::skip);
}

TEST(ConformanceReport, without_its_last_line_is_none) {
    EXPECT_FALSE(parse_report("promise: pass Caching | PAT0 is WB\n"));
    EXPECT_FALSE(parse_report(""));
}

TEST(ConformanceReport, that_lost_a_line_is_none) {
    EXPECT_FALSE(parse_report("promise: pass Caching | PAT0 is WB\ndone 2\n"));
    EXPECT_FALSE(parse_report("promise: pass Caching | PAT0 is WB\ndone\n"));
}

/// A boot that reports one value that has to be another one each time, and one that has to be the same.
BootReport boot_with(std::string_view varying, std::string_view staying) {
    auto report = parse_report(
        fmt::format("promise: varies KASLR | elsewhere | {}\npromise: stays KASLR | at the same place | {}\ndone 2\n",
                    varying, staying));
    EXPECT_TRUE(report.has_value());
    return report.value_or(BootReport{});
}

std::vector<Kept> compared(const std::vector<BootReport>& reports) {
    std::vector<Kept> kept;
    for (const Finding& finding : compare(reports)) kept.push_back(finding.kept);
    return kept;
}

TEST(ConformanceReport, leaves_to_a_comparison_what_one_boot_cannot_tell) {
    auto report = boot_with("10", "20");
    EXPECT_TRUE(report.findings.empty());
    ASSERT_EQ(report.comparisons.size(), 2U);
    EXPECT_EQ(report.comparisons[0].promise, (Promise{"KASLR", "elsewhere"}));
    EXPECT_EQ(report.comparisons[0].value, "10");
}

TEST(ConformanceReport, is_compared_with_those_of_other_boots) {
    using enum Kept;
    EXPECT_EQ(compared({boot_with("10", "20"), boot_with("11", "20")}), (std::vector{pass, pass}));
    EXPECT_EQ(compared({boot_with("10", "20"), boot_with("10", "21")}), (std::vector{fail, fail}));
    EXPECT_EQ(compared({boot_with("10", "20"), boot_with("10", "20"), boot_with("11", "20")}),
              (std::vector{pass, pass}));
    EXPECT_EQ(compared({boot_with("10", "20")}), (std::vector{fail, pass}));
    EXPECT_EQ(compared({boot_with("10", "20"), {}}), (std::vector{fail, fail}));
    EXPECT_EQ(compare(std::vector{boot_with("10", "20"), boot_with("10", "21")})[1].detail, "20, then 21");
}

Results results_with(Kept kept, std::string detail) {
    Results results;
    results.add("one", {{{"Caching", "PAT0 is WB"}, Kept::pass}, {{"Request", "a"}, kept, std::move(detail)}});
    return results;
}

TEST(ConformanceResults, show_what_is_broken_with_its_detail) {
    std::string text = table_of(results_with(Kept::fail, "it is 7"), TableFormat::text);
    EXPECT_TRUE(text.contains("  a           BROKEN\n")) << text;
    EXPECT_TRUE(text.contains("\nBroken\n  one: Request: a (it is 7)\n")) << text;
    EXPECT_TRUE(text.contains("\n2 promises; judged 2 times: 1 kept, 1 broken, 0 skipped\n")) << text;
}

TEST(ConformanceResults, keep_a_broken_promise_broken_when_it_is_judged_again) {
    Results results;
    Promise promise{"Request", "a"};
    results.add("one", {{promise, Kept::pass}, {promise, Kept::fail}, {promise, Kept::pass}});
    EXPECT_EQ(results.count(Kept::fail), 1U);
    EXPECT_EQ(results.count(Kept::pass), 0U);
}

TEST(ConformanceResults, of_one_section_stand_together) {
    Results results;
    results.add("one", {{{"Request", "a"}, Kept::pass}, {{"Caching", "b"}, Kept::pass}});
    results.add("two", {{{"Request", "c"}, Kept::pass}});
    ASSERT_EQ(results.rows().size(), 3U);
    EXPECT_EQ(results.rows()[1].promise.words, "c");
}

TEST(ConformanceResults, that_are_alike_do_not_differ) {
    EXPECT_EQ(difference_of(results_with(Kept::pass, ""), results_with(Kept::pass, "other words")), "");
}

TEST(ConformanceResults, that_differ_are_shown_side_by_side) {
    EXPECT_EQ(difference_of(results_with(Kept::pass, ""), results_with(Kept::fail, "it is 7")),
              "one: Request: a: kept | broken (it is 7)\n");
    Results fewer;
    fewer.add("one", {{{"Caching", "PAT0 is WB"}, Kept::pass}});
    EXPECT_EQ(difference_of(fewer, results_with(Kept::pass, "")), "one: Request: a: not judged | kept\n");
    EXPECT_EQ(difference_of(results_with(Kept::pass, ""), fewer), "one: Request: a: kept | not judged\n");
}

TEST(ConformanceFamily, is_read_from_its_list) {
    auto family = parse_family(
        "configuration /x/limine.conf\nfile /boot/a.txt /x/a b.txt\nmachine -rtc base=now\n"
        "kernel six 6 /x/six.elf\nconfiguration /x/six.conf\nrefused seven 7 /x/seven.elf | Request | it is refused\n");
    ASSERT_TRUE(family.has_value()) << family.error().sentence;
    EXPECT_EQ(family->configuration, "/x/limine.conf");
    ASSERT_EQ(family->files.size(), 1U);
    EXPECT_EQ(family->files[0].path, "boot/a.txt");
    EXPECT_EQ(family->files[0].source, "/x/a b.txt");
    EXPECT_EQ(family->machine, (std::vector<std::string>{"-rtc", "base=now"}));
    ASSERT_EQ(family->members.size(), 2U);
    EXPECT_EQ(family->members[0].kernel, "/x/six.elf");
    EXPECT_FALSE(family->members[0].refusal);
    EXPECT_EQ(family->volume_for(family->members[0]).configuration, "/x/six.conf");
    EXPECT_EQ(family->volume_for(family->members[1]).configuration, "/x/limine.conf");
    EXPECT_EQ(family->members[1].kernel, "/x/seven.elf");
    EXPECT_EQ(family->members[1].refusal, (Promise{"Request", "it is refused"}));
}

TEST(ConformanceFamily, that_is_incomplete_is_refused) {
    EXPECT_FALSE(parse_family(""));
    EXPECT_FALSE(parse_family("configuration /x\n"));
    EXPECT_FALSE(parse_family("kernel six 6 /x/six.elf\n"));
    EXPECT_FALSE(parse_family("configuration /x\nkernel six 6 /x\nkernel six 6 /y\n"));
    EXPECT_FALSE(parse_family("configuration /x\nrefused six 6 /x\n"));
    EXPECT_FALSE(parse_family("configuration /x\nkernel six 6 /x\nnonsense\n"));
}

using WordPairs = std::set<std::pair<std::string, std::string>>;

WordPairs pairs_on(const std::vector<MachineKind>& machines) {
    WordPairs pairs;
    for (const MachineKind& machine : machines) {
        std::vector<std::string> values;
        for (std::size_t i = 1; i < machine.words.size(); i += 2) values.push_back(machine.words[i]);
        if (machine.medium) values.emplace_back(machine.medium->name);
        for (std::size_t i = 0; i < values.size(); ++i)
            for (std::size_t j = i + 1; j < values.size(); ++j) pairs.insert({values[i], values[j]});
    }
    return pairs;
}

std::set<std::string> names_of(const std::vector<MachineKind>& machines) {
    std::set<std::string> names;
    for (const MachineKind& machine : machines) names.insert(name_of(machine));
    return names;
}

TEST(ConformanceMatrix, few_machines_have_all_pairs_of_choices) {
    for (auto [uefi, number] : {std::pair(false, 400U), std::pair(true, 2000U)}) {
        const auto few = machines_for(Coverage::pairs, uefi), all = machines_for(Coverage::all, uefi);
        EXPECT_EQ(names_of(all).size(), number);
        EXPECT_LE(few.size(), 40U);
        EXPECT_EQ(pairs_on(few), pairs_on(all));
    }
}

TEST(ConformanceMatrix, a_machine_is_called_by_its_values) {
    EXPECT_EQ(name_of({{"-machine", "q35", "-m", "64M"}}), "q35 64M");
    EXPECT_EQ(name_of({{"-machine", "q35"}, Medium{"usb", ImageType::disk, Bus::usb}}), "q35 usb");
}

}  // namespace
}  // namespace lintel::runner
