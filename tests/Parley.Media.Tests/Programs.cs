using System.Diagnostics;

namespace Parley.Media.Tests;

/// <summary>Runs ffmpeg and ffprobe; a machine without them fails the tests.</summary>
internal static class Programs
{
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && errors.Result.Length == 0, $"{program}: {process.ExitCode} {errors.Result}");
        return output;
    }

    /// <summary>What ffprobe says of the first stream, complaints being failures.</summary>
    public static Dictionary<string, string> Probe(string path) =>
        Run(
            "ffprobe", "-v", "warning", "-count_packets", "-show_entries",
            "stream=codec_name,width,height,channels,sample_rate,duration,nb_read_packets", "-of", "default=nw=1", path)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1].Trim());

    /// <summary>The timestamps of the packets, in seconds.</summary>
    public static double[] Timestamps(string path) =>
        [.. Run("ffprobe", "-v", "warning", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => double.Parse(line.Trim(','), System.Globalization.CultureInfo.InvariantCulture))];
}
