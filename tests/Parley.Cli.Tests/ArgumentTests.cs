using Parley.Cli.Calls;

namespace Parley.Cli.Tests;

/// <summary>What cannot be done is said in a line, and fails.</summary>
public sealed class ArgumentTests
{
    [Theory]
    [InlineData("call")]
    [InlineData("call", "demo", "--seconds", "0")]
    [InlineData("call", "demo", "--seconds", "soon")]
    [InlineData("call", "demo", "--server", "nowhere")]
    [InlineData("call", "demo", "--audio", "missing.ogg")]
    [InlineData("call", "demo", "--audio", "missing.wav")]
    [InlineData("call", "demo", "--video", "missing.ivf")]
    [InlineData("call", "demo", "--server", "http://127.0.0.1:1")]
    [InlineData("call", "demo", "--stun", "nonsense")]
    [InlineData("demo", "--port", "http")]
    [InlineData("bench")]
    [InlineData("bench", "everything")]
    [InlineData("bench", "srtp", "--message", "5")]
    [InlineData("bench", "srtp", "--seconds", "-1")]
    [InlineData("bench", "connect", "--connections", "0")]
    [InlineData("sing")]
    public async Task Program_BadArguments_SaysSoAndFails(params string[] arguments)
    {
        await using CliProcess process = CliProcess.Start(arguments);

        Assert.NotEqual(0, await process.ExitAsync());
        Assert.NotEmpty(process.Error);
        Assert.DoesNotContain("   at ", process.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ada", "5f0c1d2e3a4b5c6d", "Ada-5f0c1d2e")]
    [InlineData("../../etc/passwd", "5f0c", "etcpasswd-5f0c")]
    [InlineData("", "../..", "")]
    [InlineData("\u0000<b>", "a/b", "b-ab")]
    public void FileNameOf_StrangersNames_StaysAName(string name, string id, string expected) =>
        Assert.Equal(expected, CallRecording.FileNameOf(name, id));
}
