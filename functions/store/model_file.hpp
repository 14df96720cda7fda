// ModelFile: where the read model lies on disk.
//
// Shape     `<folder>/read-<version>.db` is complete; `<folder>/read-<version>.building` is a build that has not ended, and worth nothing
//           once its process is gone. A complete build takes the name by one rename; files of other versions go after that.
// Errors    kInternal, kUnavailable: the folder cannot be written
#pragma once

#include <memory>
#include <string>

#include "shared/projection/read_model.hpp"

namespace freshet::store {

class ModelFile {
 public:
  explicit ModelFile(std::string folder) : folder_(std::move(folder)) {}
  [[nodiscard]] bool exists() const;
  [[nodiscard]] Result<std::unique_ptr<ReadModel>> open() const;
  // Removes what is there of this version, the complete file included, and begins a build.
  [[nodiscard]] Result<std::unique_ptr<ReadModel>> begin_build() const;
  // Closes a finished build, gives it the name of a complete file and opens that.
  [[nodiscard]] Result<std::unique_ptr<ReadModel>> complete(std::unique_ptr<ReadModel> built) const;

 private:
  [[nodiscard]] std::string complete_path() const;
  [[nodiscard]] std::string building_path() const;
  void remove_other_versions() const;
  std::string folder_;
};

}  // namespace freshet::store
