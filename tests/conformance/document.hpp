// A JSON file in memory.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <memory>

#include "base/result.hpp"

namespace plume::conformance {

/// The content of a file; what looks into it must not outlive it.
class Document {
public:
    static Result<std::shared_ptr<const Document>> read(const std::filesystem::path& path);

    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    const boost::json::value& content() const { return content_; }

private:
    Document() = default;

    boost::json::value content_;
};
using DocumentPtr = std::shared_ptr<const Document>;

}  // namespace plume::conformance
