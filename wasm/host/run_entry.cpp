// Exports wasi:cli/run 0.2, as the bindings of a world that has it call it (wasm/bindings/store/freshet.h).
#include "wasm/host/run.hpp"

extern "C" bool exports_wasi_cli_run_run(void) { return freshet::host::run() == freshet::host::Ended::kWell; }
