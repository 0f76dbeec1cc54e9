namespace Parley.Interop.Peers;

/// <summary>The command line, as <c>./parley</c> runs it.</summary>
public static class ParleyProgram
{
    /// <summary>Starts it with arguments.</summary>
    public static ForeignProcess Start(params string[] arguments)
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        string program = Path.Combine(Repository.Root, "src", "Parley.Cli", "bin", configuration, "net10.0", "Parley.Cli.dll");
        return ForeignProcess.Start("dotnet", [program, .. arguments]);
    }
}
