namespace Parley;

/// <summary>How long a test waits for an event before it fails. Compiled into every test project.</summary>
/// <remarks>A test that passes never waits that long, so the bound is generous and grows with the machine's load.</remarks>
internal static class Patience
{
    /// <summary>The most that one step may take: a minute on an idle machine.</summary>
    public static TimeSpan Limit => Of(TimeSpan.FromMinutes(1));

    /// <summary>What takes so long on an idle machine, on this one: longer by the processes that each core has to share.</summary>
    /// <param name="idle">The time on an idle machine.</param>
    public static TimeSpan Of(TimeSpan idle) => idle * Math.Clamp(1 + (RunningProcesses() / Environment.ProcessorCount), 1, 10);

    private static double RunningProcesses()
    {
        const string Name = "procs_running ";
        try
        {
            var line = File.ReadLines("/proc/stat").FirstOrDefault(each => each.StartsWith(Name, StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.AsSpan(Name.Length), System.Globalization.CultureInfo.InvariantCulture) - 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0; // another system than Linux
        }
    }
}
