// What came of a torture: counts, and what went wrong.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace plume::torture {

class Report {
public:
    explicit Report(std::string name) : name_(std::move(name)) {}

    void count(const std::string& what, uint64_t times = 1) { counts_[what] += times; }
    /// Something that must not be; the first few are told at once, on standard error.
    void wrong(const std::string& what);
    bool has(const std::string& what) const { return counts_.contains(what); }

    /// "name: 10,000 images, ..., 0 wrong" on standard output. True when nothing is wrong.
    bool print() const;

private:
    std::string name_;
    std::map<std::string, uint64_t> counts_;
    uint64_t wrongs_ = 0;
};

}  // namespace plume::torture
