// `lintel init --ci`: the file is what the service wants, and one that is there is safe.
#include <gtest/gtest.h>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

class Init : public testing::Test {
protected:
    Answer init(const Words& words) {
        Words all = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", (project / "my kérnel").string(), command(), "init"};
        all.insert(all.end(), words.begin(), words.end());
        return run(all);
    }
    /// What a YAML parser of somebody else's finds in the file.
    std::string parsed(const fs::path& file, const std::string& expression) {
        auto answer =
            run({"/usr/bin/env", "python3", "-c",
                 "import sys, yaml\nd = yaml.safe_load(open(sys.argv[1]))\nprint(" + expression + ")", file.string()});
        EXPECT_EQ(answer.code, 0) << answer.err;
        return answer.out;
    }
    Init() { project.add("my kérnel/CMakeLists.txt", ""); }
    Scratch project;
    fs::path github = project / "my kérnel/.github/workflows/lintel.yml";
    fs::path gitlab = project / "my kérnel/.gitlab-ci.yml";
};

TEST_F(Init, github_gets_a_matrix_with_a_shard_for_each_machine) {
    auto answer = init({"--ci", "github", "--shards", "3"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(answer.out, github.string() + "\n");
    EXPECT_EQ(parsed(github, "d['jobs']['test']['strategy']['matrix']['shard']"), "[1, 2, 3]\n");
    EXPECT_EQ(parsed(github, "[s['run'] for s in d['jobs']['test']['steps'] if s.get('name') in ('Build', 'Test')]"),
              "['cmake -B build && cmake --build build', "
              "'lintel test --shard ${{ matrix.shard }}/3 --format junit --output results.xml']\n");
}

TEST_F(Init, gitlab_gets_parallel_jobs_and_the_report) {
    auto answer = init({"--ci", "gitlab"});
    EXPECT_EQ(answer.code, 0) << answer.err;
    EXPECT_EQ(parsed(gitlab, "d['test']['parallel'], d['test']['artifacts']['reports']['junit'], d['test']['script']"),
              "4 results.xml ['cmake -B build && cmake --build build', "
              "'lintel test --shard $CI_NODE_INDEX/$CI_NODE_TOTAL --format junit --output results.xml']\n");
}

TEST_F(Init, a_file_that_is_there_is_replaced_only_by_force) {
    project.add("my kérnel/.gitlab-ci.yml", "mine");
    auto answer = init({"--ci", "gitlab"});
    EXPECT_EQ(answer.code, 2);
    EXPECT_EQ(answer.err, "lintel: " + gitlab.string() + " is there already; --force replaces it\n");
    EXPECT_EQ(contents(gitlab), "mine");
    EXPECT_EQ(init({"--ci", "gitlab", "--force"}).code, 0);
    EXPECT_NE(contents(gitlab), "mine");
}

TEST_F(Init, asks_what_to_make) {
    EXPECT_EQ(init({}).code, 2);
    EXPECT_EQ(init({"--ci", "jenkins"}).code, 2);
}

}  // namespace
}  // namespace lintel::end_to_end
