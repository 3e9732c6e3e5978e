//! Arguments → app → exit code.

fn main() -> std::process::ExitCode {
    seethe::app::main()
}
