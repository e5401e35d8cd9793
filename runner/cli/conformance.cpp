// `lintel conformance`: boots each kernel of the conformance family and shows which promises the loader keeps.
// Invariant: a kernel whose report is not complete counts as a broken promise, whatever the reason.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>

#include "runner/cli/command_line.hpp"
#include "runner/cli/setup.hpp"
#include "runner/conformance/family.hpp"
#include "runner/conformance/matrix.hpp"
#include "runner/host/progress_line.hpp"
#include "runner/image/image.hpp"
#include "runner/machine/watch.hpp"

namespace lintel::runner {

namespace {

/// How long a boot may take. A loader that refuses by waiting for a key takes all of it.
constexpr double uefi_limit = 60;  // seconds
constexpr double direct_limit = 100;

/// A place that is chosen at random can be the same one twice; four times it is not.
constexpr std::size_t most_boots = 4;

/// One kernel in one machine.
struct Job {
    const FamilyMember* member;
    std::string column;
    MachineKind machine{};
    Outcome<std::vector<Finding>> findings = std::vector<Finding>{};
};

/// What stays the same for all of them.
struct Campaign {
    const Project& project;
    const ConformanceOptions& options;
    const Family& family;
    std::optional<LoaderChoice> loader{};  // none in a direct boot
    Signals& signals;
    std::atomic<bool> interrupted = false;
};

Outcome<BootSource> source_for(const Campaign& campaign, const Job& job) {
    BootSource source{.volume = campaign.family.volume_for(*job.member), .loader = {}};
    if (!campaign.loader) return source;
    source.folder = TRY(TemporaryFolder::make());
    source.image = source.folder->path() / "image";
    if (job.machine.medium) {
        source.type = job.machine.medium->type;
        source.bus = job.machine.medium->bus;
    }
    TRY(make_image({source.volume, *campaign.loader, source.type}, source.image));
    return source;
}

Finding judge_refusal(const Campaign& campaign, const Promise& promise, const Conclusion& conclusion, bool reported) {
    // A loader of somebody else's may refuse in words of its own, and then wait for a key.
    const bool ours = !campaign.loader || !campaign.loader->limine();
    const bool refused = ours ? conclusion.verdict == Verdict::loader_error && !conclusion.detail.empty()
                              : conclusion.verdict == Verdict::loader_error || conclusion.verdict == Verdict::timed_out;
    if (refused && !reported) return {promise, Kept::pass};
    return {promise, Kept::fail, reported ? "it was started" : describe(conclusion)};
}

/// How one boot ended, and what came over its serial line.
struct Boot {
    Conclusion conclusion;
    std::string log;
};

Outcome<Boot> boot(Campaign& campaign, const Job& job) {
    auto source = TRY(source_for(campaign, job));
    MachineOptions options = campaign.options.machine;
    options.extra.insert(options.extra.begin(), job.machine.words.begin(), job.machine.words.end());
    options.extra.insert(options.extra.begin(), campaign.family.machine.begin(), campaign.family.machine.end());
    auto setup = TRY(prepare_machine(campaign.project, options, source));
    auto machine = TRY(Machine::start(setup.configuration, false));

    std::string log;
    auto limit = std::chrono::ceil<Clock::duration>(
        std::chrono::duration<double>(campaign.options.timeout.value_or(campaign.loader ? uefi_limit : direct_limit)));
    WatchOptions watching{.until_halt = true, .deadline = Clock::now() + limit};
    watching.plain = [&](std::string_view text) { log += text; };
    watching.finished = [&]() -> std::optional<Conclusion> {
        if (!campaign.interrupted) return std::nullopt;
        return Conclusion{Verdict::interrupted, ""};
    };
    Conclusion conclusion = watch(machine, campaign.signals, watching);
    machine.stop();
    if (conclusion.verdict == Verdict::interrupted) {
        campaign.interrupted = true;
        return std::unexpected(Failure{"interrupted", Exit::interrupted});
    }
    return Boot{conclusion, std::move(log)};
}

/// Whether one boot more can show that a promise about several of them is kept.
bool needs_another_boot(const std::vector<Finding>& compared, std::size_t boots) {
    if (compared.empty() || boots == most_boots) return false;
    return boots == 1 || std::ranges::find(compared, Kept::fail, &Finding::kept) != compared.end();
}

/// A kernel whose promises take more than one boot is booted again, until they are seen kept or there were enough.
Outcome<std::vector<Finding>> judge(Campaign& campaign, const Job& job) {
    std::vector<Finding> findings;
    std::vector<BootReport> reports;
    std::vector<Finding> compared;
    do {
        const Boot ended = TRY(boot(campaign, job));
        if (job.member->refusal)
            return std::vector{
                judge_refusal(campaign, *job.member->refusal, ended.conclusion, ended.log.contains("promise: "))};
        auto report = parse_report(ended.log);
        if (!report || ended.conclusion.verdict != Verdict::halted) {
            Finding incomplete{{"The report", "the kernel is started and reports to its end"}, Kept::fail};
            incomplete.detail =
                fmt::format("{}; its last words: {}", describe(ended.conclusion), last_lines(ended.log, 1));
            return std::vector{incomplete};
        }
        findings.insert(findings.end(), report->findings.begin(), report->findings.end());
        reports.push_back(*std::move(report));
        compared = compare(reports);
    } while (needs_another_boot(compared, reports.size()));
    findings.insert(findings.end(), compared.begin(), compared.end());
    return findings;
}

/// What a boot found, or that there was none. Reason: one machine that cannot be started must not cost the others'
/// results.
std::vector<Finding> findings_of(const Job& job) {
    if (job.findings) return *job.findings;
    return {{{"The report", "the machine is started"}, Kept::fail, job.findings.error().sentence}};
}

/// Runs the jobs, some at a time, and hands over each that has ended. Fails where none could be started.
Outcome<void> run_all(Campaign& campaign, std::vector<Job>& jobs, const std::function<void(const Job&)>& ended) {
    std::atomic<std::size_t> next = 0;
    std::mutex one_at_a_time;
    ProgressLine progress;
    auto work = [&] {
        for (std::size_t i = next++; i < jobs.size() && !campaign.interrupted; i = next++) {
            progress.show(fmt::format("[{}/{}] {}", i + 1, jobs.size(), jobs[i].column));
            jobs[i].findings = judge(campaign, jobs[i]);
            const std::scoped_lock lock(one_at_a_time);
            if (campaign.interrupted) break;
            progress.clear();
            ended(jobs[i]);
        }
    };
    {
        std::vector<std::jthread> workers;
        workers.reserve(campaign.options.at_a_time);
        for (unsigned i = 0; i < campaign.options.at_a_time; ++i) workers.emplace_back(work);
    }
    if (campaign.interrupted) return std::unexpected(Failure{"interrupted", Exit::interrupted});
    auto started = [](const Job& job) { return job.findings.has_value(); };
    if (!jobs.empty() && std::ranges::none_of(jobs, started)) return std::unexpected(jobs.front().findings.error());
    return {};
}

std::vector<const FamilyMember*> chosen_members(const Family& family, const std::vector<std::string>& names) {
    std::vector<const FamilyMember*> members;
    for (const FamilyMember& member : family.members)
        if (names.empty() || std::ranges::find(names, member.name) != names.end()) members.push_back(&member);
    return members;
}

std::vector<Job> jobs_for(const std::vector<const FamilyMember*>& members, std::optional<Coverage> matrix, bool uefi) {
    std::vector<Job> jobs;
    if (!matrix) {
        for (const FamilyMember* member : members)
            jobs.push_back({.member = member, .column = member->refusal ? "refused" : member->name});
        return jobs;
    }
    for (const auto& machine : machines_for(*matrix, uefi))
        for (const FamilyMember* member : members)
            if (!member->refusal)
                jobs.push_back({.member = member,
                                .column = fmt::format("{}, {}", name_of(machine), member->name),
                                .machine = machine});
    return jobs;
}

/// A machine's line, and one for each promise broken on it: a table would have hundreds of columns.
std::string summary_of(const Job& job) {
    Results results;
    results.add(job.column, findings_of(job));
    std::string broken;
    for (const auto& row : results.rows())
        if (const Finding& finding = row.findings.at(job.column); finding.kept == Kept::fail)
            broken += fmt::format("    broken: {}: {} ({})\n", row.promise.section, row.promise.words, finding.detail);
    return fmt::format("{}: {} kept, {} skipped\n{}", job.column, results.count(Kept::pass), results.count(Kept::skip),
                       broken);
}

Outcome<Results> run_under(const Project& project, const ConformanceOptions& options, LoaderWish wish,
                           const Family& family, Signals& signals) {
    Campaign campaign{.project = project, .options = options, .family = family, .signals = signals};
    const bool direct = options.machine.firmware == FirmwareWish::direct;
    if (direct && wish == LoaderWish::limine)
        return refuse("only Lintel's own loader starts without firmware; use --firmware uefi");
    if (!direct) campaign.loader = TRY(loader_for(project, {.loader = wish}));
    say(fmt::format("loader       {}", direct ? project.direct_loader().string() : campaign.loader->reason));
    auto jobs = jobs_for(chosen_members(family, options.members), options.matrix, !direct);
    // A matrix takes long, so that each machine's result is printed when it is there.
    TRY(run_all(campaign, jobs, [&](const Job& job) {
        if (options.matrix) print(summary_of(job));
    }));
    Results results;
    for (const Job& job : jobs) results.add(job.column, findings_of(job));
    return results;
}

}  // namespace

Outcome<Exit> conformance_command(const Project& project, const ConformanceOptions& options) {
    if (project.installed()) return refuse("the kernels that judge a loader are in Lintel's source tree only");
    if (!is_file(project.conformance_family()))
        return refuse("{} is not built; run `./lintel conformance`", project.conformance_family().string());
    std::string list = TRY(read_file(project.conformance_family(), "the conformance family"));
    auto family = TRY(parse_family(list));
    for (const std::string& wanted : options.members)
        if (std::ranges::find(family.members, wanted, &FamilyMember::name) == family.members.end())
            return refuse("the conformance family has no member {}", wanted);
    auto signals = TRY(Signals::listen());
    Results results = TRY(run_under(project, options, options.loader, family, signals));
    if (!options.matrix) print(table_of(results, options.format));
    bool good = results.count(Kept::fail) == 0;
    if (options.against) {
        Results others = TRY(run_under(project, options, *options.against, family, signals));
        std::string difference = difference_of(results, others);
        print(difference.empty() ? "\nThe two loaders do not differ.\n"
                                 : "\nDifferences, this loader | the other\n" + difference);
    }
    if (good) return Exit::success;
    return std::unexpected(Failure{"the loader breaks promises of the specification; they are listed above", Exit{1}});
}

void add_conformance(CommandLine& line) {
    CLI::App& command =
        *line.app.add_subcommand("conformance", "boot kernels that judge the loader by the specification");
    command.footer("Example: lintel conformance --firmware direct --member revision-6");
    auto shared = std::make_shared<ConformanceOptions>();
    ConformanceOptions& options = *shared;
    add_loader(command, options.loader);
    add_choice(command, "--against", options.against,
               std::map<std::string, std::optional<LoaderWish>>(loader_words.begin(), loader_words.end()),
               "a second loader, to show what differs: auto, lintel or limine");
    add_choice(command, "--format", options.format, {{"text", TableFormat::text}, {"markdown", TableFormat::markdown}},
               "the table's form: text or markdown");
    command.add_option("--member", options.members, "only this kernel of the family; can be given several times")
        ->type_name("NAME")
        ->allow_extra_args(false);
    add_choice(command, "--matrix", options.matrix,
               std::map<std::string, std::optional<Coverage>>{{"pairs", Coverage::pairs}, {"all", Coverage::all}},
               "many kinds of machines rather than one: all, or few that have all pairs of choices");
    command.add_option("--jobs", options.at_a_time, "machines that run side by side (3)")
        ->type_name("N")
        ->check(CLI::Range(1U, 64U));
    command.add_option("--timeout", options.timeout, "give a boot up after so long (60 under UEFI, 100 without)")
        ->type_name("SECONDS")
        ->check(CLI::Range(1.0, longest_timeout));
    add_machine_options(command, options.machine);
    command.final_callback([&line, shared] {
        shared->machine.extra = line.extra;
        line.chosen = [shared](const Project& project) { return conformance_command(project, *shared); };
    });
}

}  // namespace lintel::runner
