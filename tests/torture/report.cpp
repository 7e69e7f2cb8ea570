#include "torture/report.hpp"

#include <iostream>

namespace plume::torture {

namespace {
constexpr uint64_t told_max = 12;
}

void Report::wrong(const std::string& what) {
    if (++wrongs_ <= told_max) std::cerr << name_ << ": WRONG: " << what << std::endl;
}

bool Report::print() const {
    std::cout << name_ << ":";
    for (const auto& [what, times] : counts_) std::cout << " " << times << " " << what << ",";
    std::cout << " " << wrongs_ << " wrong" << std::endl;
    return wrongs_ == 0;
}

}  // namespace plume::torture
