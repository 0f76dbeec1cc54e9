using Parley.Cli.Calls;

namespace Parley.Cli.Tests;

/// <summary>What cannot be done is said in a line, and fails.</summary>
public sealed class ArgumentTests
{
    [Theory]
    [InlineData("call")]
    [InlineData("call", "")]
    [InlineData("call", "demo", "extra")]
    [InlineData("call", "demo", "--seconds", "0")]
    [InlineData("call", "demo", "--seconds", "soon")]
    [InlineData("call", "demo", "--server", "nowhere")]
    [InlineData("call", "demo", "--audio", "missing.ogg")]
    [InlineData("call", "demo", "--audio", "missing.wav")]
    [InlineData("call", "demo", "--video", "missing.ivf")]
    [InlineData("call", "demo", "--server", "http://127.0.0.1:1")]
    [InlineData("call", "demo", "--stun", "foo")]
    [InlineData("call", "demo", "--stun", "stun:[]")]
    [InlineData("call", "demo", "--stun", "turn:name")]
    [InlineData("call", "demo", "--header", "nothing")]
    [InlineData("call", "demo", "--access-token", "a\nb")]
    [InlineData("demo", "--stun", "foo")]
    [InlineData("demo", "--port", "http")]
    [InlineData("demo", "--origin", "name")]
    [InlineData("serve", "--ice-server", "foo")]
    [InlineData("serve", "--ice-server", "stun:name:port")]
    [InlineData("serve", "--origin", "https://name/path")]
    [InlineData("serve", "--proxy", "nobody")]
    [InlineData("serve", "--host", "a b")]
    [InlineData("serve", "--grace", "-1")]
    [InlineData("serve", "--bind", "nowhere")]
    [InlineData("serve", "--port", "70000")]
    [InlineData("serve", "--unknown")]
    [InlineData("bench")]
    [InlineData("bench", "everything")]
    [InlineData("bench", "srtp", "--message", "5")]
    [InlineData("bench", "srtp", "--seconds", "-1")]
    [InlineData("bench", "connect", "--connections", "0")]
    [InlineData("sing")]
    public async Task Program_BadArguments_SaysSoInOneLineAndFails(params string[] arguments)
    {
        await using CliProcess process = CliProcess.Start(arguments);

        Assert.Equal(1, await process.ExitAsync());
        Assert.Equal("", process.Output);
        Assert.StartsWith("parley: ", Assert.Single(process.Error.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", process.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", process.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("call", "--help")]
    public async Task Program_AskedForHelp_Helps(params string[] arguments)
    {
        await using CliProcess process = CliProcess.Start(arguments);

        Assert.Equal(0, await process.ExitAsync());
        Assert.Contains("parley", process.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("", process.Error);
    }

    [Theory]
    [InlineData("Ada", "5f0c1d2e3a4b5c6d", "Ada-5f0c1d2e")]
    [InlineData("../../etc/passwd", "5f0c", "etcpasswd-5f0c")]
    [InlineData("", "../..", "")]
    [InlineData("\u0000<b>", "a/b", "b-ab")]
    public void FileNameOf_StrangersNames_StaysAName(string name, string id, string expected) =>
        Assert.Equal(expected, CallRecording.FileNameOf(name, id));
}
