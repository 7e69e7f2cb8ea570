#include "store/watched_files.hpp"

#include <rocksdb/file_system.h>

#include <string>

#include "store/disk.hpp"

namespace plume {

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using FilePtr = std::unique_ptr<rocksdb::FSWritableFile>;
using DirectoryPtr = std::unique_ptr<rocksdb::FSDirectory>;

/// What happens at one path.
class Watch {
public:
    explicit Watch(std::string path) : path_(std::move(path)) {}

    /// Hands on a success. The system's reason for a failure stands in its text only.
    IOStatus operator()(IOStatus status, std::string_view doing = "write") const {
        if (status.ok() || status.IsNotSupported()) return status;
        const std::string text = status.ToString();
        stop_for_disk(
            {.what = "cannot " + std::string(doing) + " " + path_ + ": " + text + advice_in(text)});
    }
    /// The same for a file that is opened, which may well not be there.
    IOStatus opened(IOStatus status) const {
        return status.IsPathNotFound() || status.IsNotFound() ? status
                                                              : (*this)(std::move(status), "open");
    }

private:
    std::string path_;
};

class WatchedFile : public rocksdb::FSWritableFileOwnerWrapper {
public:
    WatchedFile(FilePtr file, std::string path)
        : FSWritableFileOwnerWrapper(std::move(file)), watched_(std::move(path)) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::Append(data, options, debug));
    }
    IOStatus Append(const Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo& verification,
                    IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::Append(data, options, verification, debug));
    }
    IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                              IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::PositionedAppend(data, offset, options, debug));
    }
    IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::Truncate(size, options, debug));
    }
    IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::Close(options, debug));
    }
    IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::Flush(options, debug));
    }
    IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::Sync(options, debug));
    }
    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::Fsync(options, debug));
    }
    IOStatus RangeSync(uint64_t offset, uint64_t bytes, const IOOptions& options,
                       IODebugContext* debug) override {
        return watched_(FSWritableFileOwnerWrapper::RangeSync(offset, bytes, options, debug));
    }

private:
    Watch watched_;
};

class WatchedDirectory : public rocksdb::FSDirectoryWrapper {
public:
    WatchedDirectory(DirectoryPtr directory, std::string path)
        : FSDirectoryWrapper(std::move(directory)), watched_(std::move(path)) {}

    IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
        return watched_(FSDirectoryWrapper::Fsync(options, debug));
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions& how) override {
        return watched_(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, how));
    }

private:
    Watch watched_;
};

class WatchedFiles : public rocksdb::FileSystemWrapper {
public:
    using FileSystemWrapper::FileSystemWrapper;

    const char* Name() const override { return "WatchedFiles"; }

    IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                             FilePtr* file, IODebugContext* debug) override {
        return watch(FileSystemWrapper::NewWritableFile(path, options, file, debug), *file, path);
    }
    IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                FilePtr* file, IODebugContext* debug) override {
        return watch(FileSystemWrapper::ReopenWritableFile(path, options, file, debug), *file,
                     path);
    }
    IOStatus ReuseWritableFile(const std::string& path, const std::string& old,
                               const rocksdb::FileOptions& options, FilePtr* file,
                               IODebugContext* debug) override {
        return watch(FileSystemWrapper::ReuseWritableFile(path, old, options, file, debug), *file,
                     path);
    }
    IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                          DirectoryPtr* directory, IODebugContext* debug) override {
        IOStatus status =
            Watch(path).opened(FileSystemWrapper::NewDirectory(path, options, directory, debug));
        if (status.ok())
            *directory = std::make_unique<WatchedDirectory>(std::move(*directory), path);
        return status;
    }

    IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSSequentialFile>* file,
                               IODebugContext* debug) override {
        return Watch(path).opened(FileSystemWrapper::NewSequentialFile(path, options, file, debug));
    }
    IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                 IODebugContext* debug) override {
        return Watch(path).opened(
            FileSystemWrapper::NewRandomAccessFile(path, options, file, debug));
    }

private:
    static IOStatus watch(IOStatus status, FilePtr& file, const std::string& path) {
        status = Watch(path).opened(std::move(status));
        if (status.ok()) file = std::make_unique<WatchedFile>(std::move(file), path);
        return status;
    }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> watch_files(
    const std::shared_ptr<rocksdb::FileSystem>& files) {
    return std::make_shared<WatchedFiles>(files);
}

}  // namespace plume
