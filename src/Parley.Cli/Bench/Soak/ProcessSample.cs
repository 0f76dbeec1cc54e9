using System.Diagnostics;

namespace Parley.Cli.Bench.Soak;

/// <summary>What the process holds at one moment.</summary>
/// <param name="Managed">Bytes on the managed heap after a full collection.</param>
/// <param name="Resident">Bytes of resident memory.</param>
/// <param name="Handles">Open descriptors or handles; on Linux without those of the program's own assemblies, which are opened when first
/// used.</param>
/// <param name="Threads">Threads, those of the pool left out, which come and go with the machine's load.</param>
/// <param name="PoolThreads">Threads of the pool.</param>
/// <param name="Timers">Active timers.</param>
internal readonly record struct ProcessSample(long Managed, long Resident, int Handles, int Threads, int PoolThreads, long Timers)
{
    public static ProcessSample Take()
    {
        // A finalizer may let go of what another collection then frees.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using Process self = Process.GetCurrentProcess();
        int handles = OperatingSystem.IsLinux() ? CountDescriptors() : self.HandleCount;
        int pool = ThreadPool.ThreadCount;
        return new ProcessSample(
            GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet, handles, self.Threads.Count - pool, pool,
            Timer.ActiveCount);
    }

    private static int CountDescriptors() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(each =>
        each.LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) != true);
}
