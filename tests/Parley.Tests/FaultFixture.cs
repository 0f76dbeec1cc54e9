[assembly: AssemblyFixture(typeof(Parley.Tests.FaultFixture))]

namespace Parley.Tests;

/// <summary>Fails the run if a loop of any connection has caught an exception that no test has injected.</summary>
public sealed class FaultFixture : IDisposable
{
    private static long s_expected;

    /// <summary>A test has injected so many.</summary>
    public static void Expect(long faults) => Interlocked.Add(ref s_expected, faults);

    public void Dispose() => Assert.Equal(Interlocked.Read(ref s_expected), LoopFaults.Count);
}
