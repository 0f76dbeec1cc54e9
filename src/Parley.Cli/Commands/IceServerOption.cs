using System.CommandLine;

namespace Parley.Cli.Commands;

/// <summary>Options that take the URLs of ICE servers.</summary>
internal static class IceServerOption
{
    /// <summary>Refuses what no connection would take.</summary>
    public static void Check(Option<string[]> option) => option.Validators.Add(result =>
    {
        foreach (string url in result.GetValueOrDefault<string[]>() ?? [])
        {
            try
            {
                new IceServer(url).Validate();
            }
            catch (RtcException exception)
            {
                result.AddError($"{option.Name}: {exception.Message}");
                return;
            }
        }
    });
}
