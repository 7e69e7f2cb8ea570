#include "conformance/document.hpp"

#include <fstream>
#include <iterator>

namespace plume::conformance {

namespace json = boost::json;

namespace {

/// Deeper than any public file, and harmless for what walks through it.
constexpr size_t depth_max = 128;

Result<std::string> text_of(const std::filesystem::path& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) return Error{.what = "cannot be read"};
    std::string out(size, '\0');
    if (!file.read(out.data(), static_cast<std::streamsize>(size)))
        return Error{.what = "cannot be read to its end"};
    return out;
}

}  // namespace

Result<DocumentPtr> Document::read(const std::filesystem::path& path) {
    TRY(text, text_of(path));
    json::parse_options options;
    options.max_depth = depth_max;
    const std::shared_ptr<Document> out(new Document);
    json::error_code error;
    out->content_ = json::parse(text, error, {}, options);
    if (error) return Error{.what = "not JSON: " + error.message()};
    return DocumentPtr(out);
}

}  // namespace plume::conformance
