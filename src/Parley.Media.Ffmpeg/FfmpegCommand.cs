using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Parley.Media.Ffmpeg;

/// <summary>
/// How ffmpeg is called: with a list of arguments, each of which reaches it as it is, whatever characters a file's name holds. A file that
/// exists is named behind "file:", so that a name with a colon is no protocol and one with a hyphen no option.
/// </summary>
internal static class FfmpegCommand
{
    /// <summary>The call.</summary>
    public static ProcessStartInfo For(string input, MediaKind kind, FfmpegSourceOptions options)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "-v", "error",
            .. ReadsStandardInput(input) ? [] : (string[])["-nostdin"],
            .. options.Loop ? (string[])["-stream_loop", "-1"] : [],
            .. Split(options.InputArguments ?? ""),
            "-i", File.Exists(input) ? $"file:{input}" : input,
            .. kind == MediaKind.Audio ? Sound(options) : Pictures(options),
            "pipe:1",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>What a shell would make of them: parts between spaces, where quotes of either kind hold a part together.</summary>
    internal static IReadOnlyList<string> Split(string arguments)
    {
        var (parts, part, quote, isOpen) = (new List<string>(), new StringBuilder(), '\0', false);
        foreach (var letter in arguments)
        {
            if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                if (isOpen)
                {
                    parts.Add(part.ToString());
                    part.Clear();
                }

                isOpen = false;
                continue;
            }

            isOpen = true;
            if (letter == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && letter is '"' or '\'')
            {
                quote = letter;
            }
            else
            {
                part.Append(letter);
            }
        }

        if (isOpen)
        {
            parts.Add(part.ToString());
        }

        return parts;
    }

    private static bool ReadsStandardInput(string input) => input == "-" || input.StartsWith("pipe:", StringComparison.Ordinal);

    private static string[] Sound(FfmpegSourceOptions options) =>
        [
            "-map", "0:a:0", "-vn", "-c:a", "libopus", "-b:a", Number(options.Bitrate ?? 64_000), "-ac", "2", "-ar", "48000",
            "-frame_duration", "20", "-page_duration", "20000", "-f", "ogg",
        ];

    private static string[] Pictures(FfmpegSourceOptions options) =>
    [
        "-map", "0:v:0", "-an", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", Number(options.Bitrate ?? 1_000_000),
        "-g", Number(options.FrameRate),
        "-auto-alt-ref", "0", "-lag-in-frames", "0", "-error-resilient", "1", "-pix_fmt", "yuv420p", "-r", Number(options.FrameRate),
        "-vf", $"scale='min({Number(options.MaximumWidth)},iw)':-2", "-f", "ivf",
    ];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
