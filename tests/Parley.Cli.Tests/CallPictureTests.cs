using Parley.Cli.Calls;
using Spectre.Console;

namespace Parley.Cli.Tests;

/// <summary>The picture of a call, in terminals of all kinds.</summary>
public sealed class CallPictureTests
{
    private static readonly CallRow Row = new(
        "A very long name of somebody \u202Eevil\u001b[2J",
        ["connected", "ice completed", "have-local-offer"],
        "host [2001:db8:1234:5678:9abc:def0:1234:5678]:54321",
        "srflx 192.0.2.123:54321",
        "12.3 ms",
        [new TrackRow("in video VP8", "1234 kbit/s", "7", ""), new TrackRow("out audio opus", "38 kbit/s", "0", "12.3 ms")]);

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(110)]
    [InlineData(200)]
    public void Picture_OfAnyWidth_FitsAndBreaksNoWord(int width)
    {
        string[] lines = Render(CallPicture.Of([Row], width), width);

        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length}: {line}"));
        Assert.DoesNotContain(lines, line => line.Contains('\u202E') || line.Contains('\u001b'));
        if (width >= 60)
        {
            string all = string.Join('\n', lines);
            foreach (string part in (string[])["1234 kbit/s", "38 kbit/s", "in video VP8", "out audio opus", "connected", "12.3 ms"])
            {
                Assert.Contains(part, all, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Line_TooLong_IsCutWithAnEllipsis()
    {
        Assert.Equal(["abcde…"], Render(CallPicture.Line("abcdefghij", 6), 6));
        Assert.Equal(["日本…"], Render(CallPicture.Line("日本語の名前", 6), 6));
        Assert.Equal(["short"], Render(CallPicture.Line("short", 6), 6));
    }

    private static string[] Render(Spectre.Console.Rendering.IRenderable picture, int width)
    {
        var output = new StringWriter();
        IAnsiConsole console =
            AnsiConsole.Create(
                new AnsiConsoleSettings
                {
                    Ansi = AnsiSupport.No,
                    ColorSystem = ColorSystemSupport.NoColors,
                    Out = new AnsiConsoleOutput(output),
                });
        console.Profile.Width = width;
        console.Write(picture);
        return [.. output.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
    }
}
