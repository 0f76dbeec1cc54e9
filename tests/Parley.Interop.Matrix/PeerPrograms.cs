using Parley.Interop.Peers;

[assembly: AssemblyFixture(typeof(Parley.Interop.Matrix.PeerPrograms))]

namespace Parley.Interop.Matrix;

/// <summary>
/// The peers' own programs, in peers/: built once for the whole run, which is nothing to do when <c>./test</c> has done it.
/// </summary>
public sealed class PeerPrograms : IAsyncLifetime
{
    private static TimeSpan BuildLimit => Patience.Of(TimeSpan.FromMinutes(4));

    /// <summary>Where a file of a peer is.</summary>
    public static string PathOf(params string[] parts) =>
        Path.Combine([Repository.Root, "tests", "Parley.Interop.Matrix", "peers", .. parts]);

    public async ValueTask InitializeAsync()
    {
        await using ForeignProcess build = ForeignProcess.Start("bash", [PathOf("build")]);
        int code = await build.WaitForExitAsync(BuildLimit);
        Output = build.Output;
        Assert.True(code == 0, Output);
    }

    /// <summary>What the build said of peers that it could not build; their tests will fail.</summary>
    public string Output { get; private set; } = "";

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
